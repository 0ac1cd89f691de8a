// Walks through all that a person can reach by links, one page of each kind.

import { createHash } from "node:crypto";

import { people } from "./site.mjs";

/** Kinds that are not pages to look at: switches of the look, files. */
const NO_PAGES = ["/look"];
/**
 * So many pages of one kind each visitor looks at where one names a thing: cases of different states look different. On a phone, where room
 * is scarce; what a kind looks like at a desk is looked at once for all visitors.
 */
const OF_A_KIND = 2;
/** No walk is longer. */
const PAGES_MAX = 160;

/**
 * Heads and contents that were looked at already, by size and look. A page that puts together a head and a content of these is the page
 * that others have seen, so it is not measured again: most of what a person reaches is public and the same for all.
 */
const seen = new Set();
/** Kinds, each with its look, that some visitor has looked at on a desk. */
const seenAtDesks = new Set();

/** The kind of an address: what names one thing becomes a star, and of a query only the names count. */
export function kind(address) {
  const url = new URL(address);
  const path = url.pathname.split("/").map((it, at, all) => ((/\d/.test(it) && it !== "v1") || all[at - 1] === "paper-templates" ? "*" : it));
  return [path.join("/"), ...[...url.searchParams.keys()].sort()].join(" ");
}

/**
 * Looks at each page, beginning with `starts`, and gives all that is wrong with any. Every link leads somewhere: to a page to look
 * at, or to a file that is served.
 */
export async function crawl(visitor, starts) {
  const wrongs = [];
  const waiting = starts.map((path) => ({ path, from: "outside" }));
  const known = new Set(starts);
  const kinds = new Map();
  for (let looked = 0; waiting.length > 0; ) {
    const { path, from } = waiting.shift();
    const of = kind(visitor.site.address + path);
    const count = (kinds.get(of) ?? 0) + 1;
    if (count > (of.includes("*") && !of.includes(" ") ? OF_A_KIND : 1)) continue;
    kinds.set(of, count);
    const answer = await visitor.page.request.get(visitor.site.address + path);
    if (answer.status() >= 400) wrongs.push(`${visitor.called} is led from ${from} to ${path}, which answers ${answer.status()}`);
    const html = (answer.headers()["content-type"] ?? "").startsWith("text/html");
    if (answer.status() >= 400 || !html) continue;
    if (++looked > PAGES_MAX) throw new Error(`${visitor.called} finds no end of pages: ${[...kinds.keys()]}`);
    const text = await answer.text();
    const digests = parts(text).map((it) => createHash("sha256").update(`${visitor.size} ${it}`).digest("hex"));
    const again = visitor.size === "desk" && seenAtDesks.has(look(text) + of);
    if (!again && !digests.every((it) => seen.has(it))) {
      if (visitor.size === "desk") seenAtDesks.add(look(text) + of);
      await visitor.open(path);
      wrongs.push(...(await visitor.wrongs(named(path))));
      for (const it of digests) seen.add(it);
    }
    for (const link of links(text, answer.url())) {
      if (known.has(link)) continue;
      known.add(link);
      waiting.push({ path: link, from: path });
    }
  }
  return wrongs;
}

/** What a picture of this page is called. */
function named(path) {
  const name = decodeURI(path).replace(/[0-9a-f]{32}/g, "id").replace(/[^\p{L}\p{N}-]+/gu, "_");
  return path === "/" ? "home" : name.slice(1, 60);
}

/** Names of those who look, as one pattern. */
const NAMES = new RegExp(Object.values(people).map((it) => it.name).join("|"), "g");

/** How a page is dressed: what the person chose stands at its root. */
function look(html) {
  return ["html", "body"].map((it) => html.match(new RegExp(`<${it}\\b[^>]*>`))?.[0]).join("");
}

/**
 * The content of a page, and all that stands around it, each with the look; without tokens and ways back, which always differ. One's own
 * pages differ by name, number and hour alone: they are looked at once, not for each role.
 */
function parts(html) {
  const [start, end] = [html.indexOf("<main"), html.indexOf("</main>")];
  const around = html.slice(html.indexOf("<body"), start) + html.slice(end);
  return [around, html.slice(start, end)].map((it) => look(html) + it.replaceAll(/name="csrf" value="[^"]*"|\b(back|next)=[^"]*/g, "").replaceAll(NAMES, "").replaceAll(/[0-9a-f]*\d[0-9a-f]*/g, "0"));
}

/** The addresses on this page that lie on the site, without their place on the page. */
function links(html, address) {
  const plain = (text) => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replaceAll("&quot;", '"').replaceAll("&amp;", "&");
  const hrefs = [...html.matchAll(/<a\s[^>]*?\bhref="([^"]*)"/g)].map((it) => new URL(plain(it[1]), address));
  const own = hrefs.filter((it) => it.origin === new URL(address).origin);
  return own.map((it) => it.pathname + it.search).filter((it) => !NO_PAGES.some((no) => it.startsWith(no)));
}
