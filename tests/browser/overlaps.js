// Pairs of texts in one drawing that are written over each other.
const texts = [...document.querySelectorAll("svg.chart text")].filter((one) => one.checkVisibility() && one.textContent);
const boxes = texts.map((one) => [one.closest("svg"), one.getBoundingClientRect(), one.textContent]);
const found = [];
for (const [number, [svg, a, first]] of boxes.entries()) {
  for (const [other, b, second] of boxes.slice(number + 1, number + 40)) {
    const across = a.left < b.right - 1 && b.left < a.right - 1;
    const down = a.top < b.bottom - 2 && b.top < a.bottom - 2;
    if (svg === other && across && down) found.push(`${first} / ${second}`);
  }
}
return found;
