// Walks through all that a person can reach by links, one page of each kind.

/** Kinds that are not pages to look at: switches of the look, files. */
const NO_PAGES = ["/look"];
/** So many pages of one kind are looked at: cases of different states look different. */
const OF_A_KIND = 3;
/** No walk is longer. */
const PAGES_MAX = 120;

/** The kind of an address: what names one thing becomes a star, and of a query only the names count. */
export function kind(address) {
  const url = new URL(address);
  const path = url.pathname.split("/").map((it) => (/\d/.test(it) && it !== "v1" ? "*" : it));
  return [path.join("/"), ...[...url.searchParams.keys()].sort()].join(" ");
}

/**
 * Calls `visit(visitor, path)` at each page, beginning with `starts`, and gives the paths visited. Every link leads somewhere:
 * a page to look at, or a file that is served.
 */
export async function crawl(visitor, starts, visit) {
  const waiting = [...starts];
  const known = new Set(starts);
  const kinds = new Map();
  const visited = [];
  while (waiting.length > 0) {
    const path = waiting.shift();
    const of = kind(visitor.site.address + path);
    const count = (kinds.get(of) ?? 0) + 1;
    if (count > OF_A_KIND) continue;
    kinds.set(of, count);
    if (visited.length === PAGES_MAX) throw new Error(`${visitor.called} finds no end of pages: ${[...kinds.keys()]}`);
    visited.push(path);
    const answer = await visitor.page.request.get(visitor.site.address + path);
    if (answer.status() >= 400) throw new Error(`${visitor.called} is led to ${path}, which answers ${answer.status()}`);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    await visitor.open(path);
    await visit(visitor, path);
    for (const link of await links(visitor)) {
      if (known.has(link)) continue;
      known.add(link);
      waiting.push(link);
    }
  }
  return visited;
}

/** The addresses on this page that lie on the site, without their place on the page. */
async function links(visitor) {
  const hrefs = await visitor.page.locator("a[href]").evaluateAll((all) => all.map((it) => it.href));
  const own = hrefs.map((it) => new URL(it)).filter((it) => it.origin === visitor.site.address);
  return own.map((it) => it.pathname + it.search).filter((it) => !NO_PAGES.some((no) => it.startsWith(no)));
}
