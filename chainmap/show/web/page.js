"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const by = new Map(data.links.map((link) => [link.ref, link]));
  const at = (id) => document.getElementById(id);
  const make = (name, text, kind) => {
    const node = document.createElement(name);
    if (text) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };
  const off = new Set();
  const cards = [...document.querySelectorAll("#map .card")];
  const rows = [];
  let pinned = null;

  for (const card of cards) {
    const link = by.get(card.dataset.ref);
    card.setAttribute("tabindex", "0");
    card.setAttribute("role", "button");
    card.setAttribute("aria-label", `${link.name} ${link.word} ${link.mark}`);
  }
  let stage = "";
  for (const link of data.links) {
    if (link.stage !== stage) {
      stage = link.stage;
      at("list").append(make("h2", stage));
    }
    const row = make("button", "", `row ${link.status}`);
    row.type = "button";
    row.dataset.ref = link.ref;
    row.append(make("span", link.tag, "tag"), make("b", link.name), make("span", link.mark, "mark"),
               make("span", link.line, "said"));
    at("list").append(row);
    rows.push(row);
  }

  const seen = (link) => {
    const word = at("q").value.trim().toLowerCase();
    const wanted = at("stage").value;
    return !off.has(link.status) && (!wanted || link.stage === wanted) &&
      (!word || link.find.toLowerCase().includes(word));
  };
  const filter = () => {
    let count = 0;
    for (const link of data.links) if (seen(link)) count += 1;
    for (const node of [...cards, ...rows]) {
      const shown = seen(by.get(node.dataset.ref));
      node.classList.toggle("off", !shown);
      if (node.tagName !== "BUTTON") node.setAttribute("tabindex", shown ? "0" : "-1");
    }
    for (const head of at("list").querySelectorAll("h2")) {
      let next = head.nextElementSibling, any = false;
      while (next && next.tagName === "BUTTON") {
        any = any || !next.classList.contains("off");
        next = next.nextElementSibling;
      }
      head.hidden = !any;
    }
    at("count").textContent = words.count.replace("{shown}", count).replace("{all}", data.links.length);
    at("none").hidden = count > 0;
  };

  const close = () => {
    const back = pinned;
    if (back) back.focus();
    pinned = null;
    at("tip").hidden = true;
  };
  const open = (node) => {
    const link = by.get(node.dataset.ref), tip = at("tip");
    tip.replaceChildren();
    tip.className = link.status;
    const head = make("h3", "");
    head.append(make("span", link.tag, "tag"), document.createTextNode(link.name));
    const shut = make("button", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", words.close);
    shut.addEventListener("click", close);
    tip.append(head, make("p", link.path));
    for (const text of [link.firms, link.line === link.firms ? "" : link.line, link.note]) {
      if (text) tip.append(make("p", text));
    }
    const table = make("table");
    for (const row of link.rows) {
      const line = make("tr");
      for (const cell of row) line.append(make("td", cell));
      table.append(line);
    }
    if (link.rows.length) tip.append(table);
    tip.append(make("p", link.rest), shut);
    tip.hidden = false;
    pinned = node;
    shut.focus();
  };
  for (const node of [...cards, ...rows]) {
    node.addEventListener("click", () => open(node));
    if (node.tagName !== "BUTTON") {
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          open(node);
        }
      });
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !at("tip").hidden) close();
    if (event.key === "/" && document.activeElement !== at("q")) {
      event.preventDefault();
      at("q").focus();
    }
  });

  for (const button of document.querySelectorAll(".toggle")) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!on));
      if (on) off.add(button.dataset.status); else off.delete(button.dataset.status);
      filter();
    });
  }
  at("q").addEventListener("input", filter);
  at("stage").addEventListener("change", filter);

  let zoom = 100;
  const scale = (step) => {
    zoom = step ? Math.max(100, Math.min(300, zoom + step)) : 100;
    for (const map of document.querySelectorAll("#map svg")) map.style.width = `${zoom}%`;
    at("whole").textContent = `${zoom}%`;
  };
  at("in").addEventListener("click", () => scale(25));
  at("out").addEventListener("click", () => scale(-25));
  at("whole").addEventListener("click", () => scale(0));

  const narrow = matchMedia("(max-width: 720px)");
  const view = (list) => {
    at("list").hidden = !list;
    at("map").hidden = list;
    at("head").classList.toggle("quiet", !list);
    at("view").textContent = list ? words.map : words.list;
  };
  at("view").addEventListener("click", () => view(at("list").hidden));
  view(narrow.matches);
  narrow.addEventListener("change", () => view(narrow.matches));

  at("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  at("bar").hidden = false;
  filter();
})();
