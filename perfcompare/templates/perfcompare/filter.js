(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const names = ["stack", "server", "scenario"];
  const ROW = 40;
  const boxes = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
  const chosen = () => Object.fromEntries(names.map((name) => [name, boxes(name).filter((box) => box.checked).map((box) => box.value)]));
  const fits = (element, want) => names.every((name) => !want[name].length || element.dataset[name] === undefined || want[name].includes(element.dataset[name]));

  function pack(rows) {
    const svg = rows.closest("svg");
    const [x, y, width] = svg.getAttribute("viewBox").split(" ");
    svg.dataset.height ??= svg.getAttribute("viewBox").split(" ")[3];
    let hidden = 0;
    for (const row of rows.children) {
      if (row.classList.contains("out")) hidden += 1;
      else row.setAttribute("transform", `translate(0 ${-ROW * hidden})`);
    }
    const plot = svg.querySelector(".plot");
    plot.dataset.at ??= plot.getAttribute("transform");
    plot.setAttribute("transform", `${plot.dataset.at} translate(0 ${-ROW * hidden})`);
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${svg.dataset.height - ROW * hidden}`);
    svg.closest("figure").classList.toggle("empty", hidden === rows.children.length);
  }

  function show() {
    const want = chosen();
    for (const element of document.querySelectorAll("[data-stack], [data-server], [data-scenario]")) element.classList.toggle("out", !fits(element, want));
    document.querySelectorAll("svg .rows").forEach(pack);
    for (const name of names) {
      const output = form.querySelector(`output[data-of="${name}"]`);
      if (output) output.textContent = want[name].length ? want[name].join(", ") : "all";
    }
    return want;
  }

  function write(want) {
    const address = new URL(location.href);
    for (const name of names) {
      address.searchParams.delete(name);
      for (const value of want[name]) address.searchParams.append(name, value);
    }
    history.replaceState(null, "", address);
  }

  function read() {
    const asked = new URL(location.href).searchParams;
    for (const name of names) for (const box of boxes(name)) box.checked = asked.getAll(name).includes(box.value);
    show();
  }

  form.addEventListener("change", () => write(show()));
  form.addEventListener("reset", () => setTimeout(() => write(show())));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", read);
  document.addEventListener("click", (event) => {
    for (const open of form.querySelectorAll("details[open]")) if (!open.contains(event.target)) open.open = false;
  });
  form.hidden = false;
  read();
})();
