// Photographs that become one PDF: on a desktop they are dragged into their order. All of it also goes by links (album.html).
(() => {
  const list = document.querySelector("[data-leaves]");
  if (!list) return;
  const leaves = () => Array.from(list.querySelectorAll("[data-leaf]"));
  const before = leaves().map((it) => it.dataset.leaf).join("-");
  let held = null;
  for (const leaf of leaves()) {
    leaf.draggable = true;
    leaf.addEventListener("dragstart", (event) => {
      held = leaf;
      event.dataTransfer.effectAllowed = "move";
      leaf.classList.add("leaf-held");
    });
    leaf.addEventListener("dragend", () => {
      leaf.classList.remove("leaf-held");
      held = null;
      const parts = leaves().map((it) => it.dataset.leaf);
      if (parts.join("-") === before) return;
      const out = Array.from(document.querySelectorAll("[data-out]")).map((it) => it.dataset.out);
      location.replace(`${list.dataset.leaves}?p=${parts.concat(out).join("-")}#${leaf.id}`);
    });
    leaf.addEventListener("dragover", (event) => {
      if (!held) return;
      event.preventDefault();
      if (held === leaf) return;
      const box = leaf.getBoundingClientRect();
      const below = event.clientY > box.top + box.height / 2;
      list.insertBefore(held, below ? leaf.nextElementSibling : leaf);
    });
    leaf.addEventListener("drop", (event) => { if (held) event.preventDefault(); });
  }
})();
