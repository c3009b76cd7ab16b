// Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3), each with its contrast.
const share = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const light = (colour) => {
  const [red, green, blue] = colour.match(/\d+/g).map(Number).map(share);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const behind = (one) => {
  for (; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (!colour.endsWith(", 0)") && colour !== "transparent") return colour;
  }
  return "rgb(255, 255, 255)";
};
const texts = document.querySelectorAll("main :is(p, li, td, th, h2, h3, a:not(svg a), summary, svg.chart text)");
return [...texts]
  .filter((one) => one.checkVisibility() && one.textContent.trim())
  .map((one) => {
    const style = getComputedStyle(one);
    const ink = one.closest("svg") ? style.fill : style.color;
    const [high, low] = [light(ink), light(behind(one))].sort((a, b) => b - a);
    return [(high + 0.05) / (low + 0.05), one.textContent.slice(0, 40)];
  })
  .filter(([contrast]) => contrast < 4.5);
