// What the pages can do beyond reading: details beside their number, sorting, filtering, copying. All optional.
"use strict";

const words = document.documentElement.lang === "en"
  ? { filter: "Filter:", all: "all", copy: "Copy", copied: "Copied", sort: "sort" }
  : { filter: "Filtern:", all: "alle", copy: "Kopieren", copied: "Kopiert", sort: "sortieren" };

// --- the language switch keeps the place -----------------------------------------------------------------------------

const language = document.querySelector("a.language");
const twin = language.getAttribute("href");
const keepPlace = () => { language.href = twin + location.hash; };
window.addEventListener("hashchange", keepPlace);
keepPlace();

// --- a link into a closed part opens it (some browsers do so themselves) ---------------------------------------------

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = target?.closest("details:not([open])");
  if (!closed) return;
  closed.open = true;
  target.scrollIntoView();
}
window.addEventListener("hashchange", openTarget);
openTarget();

// --- details of a number ---------------------------------------------------------------------------------------------

function placeTip(anchor, tip) {
  tip.classList.add("near");
  const at = anchor.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = Math.min(at.left, document.documentElement.clientWidth - size.width - 8);
  const below = at.bottom + 6;
  const above = at.top - size.height - 6;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${below + size.height > window.innerHeight && above > 0 ? above : below}px`;
}

for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const holder = event.target.closest?.(".v");
    if (!holder) return;
    holder.classList.remove("quiet");
    placeTip(holder, holder.querySelector(".tip"));
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const holder of document.querySelectorAll(".v:hover, .v:focus-within")) holder.classList.add("quiet");
});

// --- words of a mark in a chart, on focus (on hover the browser shows its title) ----------------------------------------

const said = document.createElement("div");
said.className = "tip near";
said.setAttribute("aria-hidden", "true");
document.body.append(said);
document.addEventListener("focusin", (event) => {
  const mark = event.target.closest?.(".c-mark");
  said.style.display = mark ? "block" : "none";
  if (!mark) return;
  said.textContent = mark.querySelector("title").textContent;
  placeTip(mark, said);
});
document.addEventListener("focusout", () => { said.style.display = "none"; });

// --- tables that can be sorted and filtered ------------------------------------------------------------------------------

function sortBy(table, index, header) {
  const up = header.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const key = (row) => {
    const cell = row.cells[index];
    return header.classList.contains("n") ? Number(cell.dataset.sort ?? NaN) : cell.textContent.trim();
  };
  const compare = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b, document.documentElement.lang);
    return a - b;
  };
  const unknown = (value) => Number.isNaN(value);
  const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
  rows.sort(([a], [b]) => unknown(a) - unknown(b) || (unknown(a) ? 0 : compare(a, b) * (up ? 1 : -1)));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

function labelled(text, control) {
  const label = document.createElement("label");
  label.className = "filter";
  label.append(text, control);
  return label;
}

function searchBox() {
  const input = document.createElement("input");
  input.type = "search";
  const shows = (row) => row.textContent.toLowerCase().includes(input.value.trim().toLowerCase());
  return { control: labelled(words.filter, input), shows };
}

// The values of a column to choose from.
function choice(table, header) {
  const select = document.createElement("select");
  const valueOf = (row) => row.cells[header.cellIndex].textContent.trim();
  const values = [...new Set([...table.tBodies[0].rows].map(valueOf))];
  values.sort((a, b) => a.localeCompare(b, document.documentElement.lang));
  select.append(new Option(words.all, ""), ...values.map((value) => new Option(value, value)));
  const shows = (row) => select.value === "" || valueOf(row) === select.value;
  return { control: labelled(`${header.textContent.trim()}:`, select), shows };
}

function addFilters(table) {
  const rows = [...table.tBodies[0].rows];
  const choices = [...table.querySelectorAll("th[data-choice]")].map((header) => choice(table, header));
  const filters = [searchBox(), ...choices];
  const count = document.createElement("output");
  const bar = document.createElement("div");
  bar.className = "filters";
  bar.append(...filters.map((filter) => filter.control), count);
  table.closest(".scroll").before(bar);
  bar.addEventListener("input", () => {
    for (const row of rows) row.hidden = !filters.every((filter) => filter.shows(row));
    count.textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
  });
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((header, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.title = words.sort;
    button.addEventListener("click", () => sortBy(table, index, header));
    header.append(button);
  });
  if (table.tBodies[0].rows.length > 15) addFilters(table);
}

// --- citations -----------------------------------------------------------------------------------------------------------

if (navigator.clipboard) {
  for (const citation of document.querySelectorAll(".citation")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(citation.textContent.trim());
      button.textContent = words.copied;
    });
    citation.after(button);
  }
}
