# SPDX-License-Identifier: MIT
"""The plot: bars of starts, and a panel for each curve of growth with the reasons beside it. SVG, written by hand."""
import math
import textwrap
from html import escape
from typing import NamedTuple

WIDTH = 960
CHART = 440  # of a panel's plot; the words have the rest
PANEL = 250
LEFT, TOP, BOTTOM = 64, 34, 44
COLOURS = {"landshim": "a", "floor": "b", "no further layer": "c", "bare": "d"}
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 15px; font-weight: 600; }
.small { font-size: 12px; fill: #57606a; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.page { fill: #ffffff; }
.grid { stroke: #d0d7de; stroke-width: 1; } .axis { stroke: #57606a; stroke-width: 1; }
.line { fill: none; stroke-width: 2; }
.a { stroke: #0969da; } .b { stroke: #bc4c00; } .c { stroke: #1a7f37; } .d { stroke: #6e7781; }
.fa { fill: #0969da; } .fb { fill: #bc4c00; } .fc { fill: #1a7f37; } .fd { fill: #8c959f; }
.b, .c { stroke-dasharray: 6 3; } .c { stroke-dasharray: 2 3; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .small { fill: #9da7b1; } .page { fill: #0d1117; }
  .grid { stroke: #30363d; } .axis { stroke: #9da7b1; }
  .a { stroke: #58a6ff; } .b { stroke: #f0883e; } .c { stroke: #56d364; } .d { stroke: #8b949e; }
  .fa { fill: #58a6ff; } .fb { fill: #f0883e; } .fc { fill: #56d364; } .fd { fill: #8b949e; }
}
"""


class Panel(NamedTuple):
    title: str
    across: str
    up: str
    lines: dict  # name -> [(x, y)]
    reason: str


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:g}" if value == round(value) else f"{value:.2f}".rstrip("0") if value < 10 else f"{value:.0f}"


def text(x, y, words, kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(words)}</text>'


def ticks(low, high):
    """Round numbers between the ends of a logarithmic axis; five of them are enough."""
    found = [mantissa * 10.0**power for power in range(-3, 7) for mantissa in (1, 2, 5) if low <= mantissa * 10.0**power <= high]
    if len(found) >= 2:
        return found if len(found) <= 7 else [each for each in found if math.log10(each) == round(math.log10(each))]
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-6)))
    step = next(each for each in (step / 5, step / 2, step, 2 * step, 5 * step) if (high - low) / each <= 6)
    return [round(step * at, 6) for at in range(math.ceil(low / step), math.floor(high / step) + 1)]


class Drawing:
    def __init__(self):
        self.parts = []
        self.height = 0

    def bars(self, title, rows, note):
        """Lengths are ratios less one, on a logarithmic scale: what is added to a bare start."""
        label, end, step = 250, WIDTH - 150, 22
        self.parts.append(text(16, self.height + 26, title, "title"))
        self.parts.append(text(16, self.height + 44, note, "small"))
        top = self.height + 58
        least, most = 0.01, max(max(value - 1 for _, value in rows), 0.02) * 1.1
        place = lambda added: label + (end - label) * math.log(max(added, least) / least) / math.log(most / least)
        for added in (each for each in (0.01, 0.1, 1, 10, 100, 1000) if each <= most):
            x = place(added)
            self.parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{top + step * len(rows)}" class="grid"/>')
            self.parts.append(text(x, top + step * len(rows) + 16, f"+{added * 100:,.0f} %", "small middle"))
        for at, (name, value) in enumerate(rows):
            y = top + at * step
            self.parts.append(text(label - 10, y + 15, name, "end"))
            colour = {"floor": "fb", "child of a held program": "fa", "already in force": "fa"}.get(name, "fa" if "landshim" in name else "fd")
            self.parts.append(f'<rect x="{label}" y="{y + 3}" width="{max(place(value - 1) - label, 1.5):.1f}" height="{step - 6}" class="{colour}"/>')
            self.parts.append(text(max(place(value - 1), label) + 8, y + 15, f"{value:.2f} ×" if value < 10 else f"{value:.0f} ×"))
        self.parts.append(text((label + end) / 2, top + step * len(rows) + 34, "added to a bare start (logarithmic)", "small middle"))
        self.height = top + step * len(rows) + 50

    def panel(self, panel):
        top, left = self.height + TOP, LEFT
        bottom, right = self.height + PANEL - BOTTOM, CHART
        self.parts.append(text(16, self.height + 22, panel.title, "title"))
        places = sorted({x for line in panel.lines.values() for x, _ in line})
        across = lambda x: left + (right - left) * places.index(x) / max(len(places) - 1, 1)
        values = [y for line in panel.lines.values() for _, y in line]
        low, high = min(values) * 0.97, max(values) * 1.06
        up = lambda y: bottom - (bottom - top) * math.log(y / low) / math.log(high / low)
        for value in ticks(low, high):
            self.parts.append(f'<line x1="{left}" x2="{right}" y1="{up(value):.1f}" y2="{up(value):.1f}" class="grid"/>')
            self.parts.append(text(left - 8, up(value) + 4, number(value), "small end"))
        self.parts.append(f'<path d="M{left} {top}V{bottom}H{right}" fill="none" class="axis"/>')
        for x in places:
            self.parts.append(text(across(x), bottom + 16, number(x), "small middle"))
        self.parts.append(text((left + right) / 2, bottom + 34, panel.across, "small middle"))
        middle = (top + bottom) / 2
        self.parts.append(f'<text x="16" y="{middle}" class="small middle" transform="rotate(-90 16 {middle})">{escape(panel.up)}</text>')
        beside = right + 40
        for at, (name, line) in enumerate(panel.lines.items()):
            colour = COLOURS[name]
            points = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line)
            self.parts.append(f'<polyline points="{points}" class="line {colour}"/>')
            self.parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" class="f{colour}"/>' for x, y in line]
            y = top + 6 + at * 20
            self.parts.append(f'<line x1="{beside}" x2="{beside + 28}" y1="{y}" y2="{y}" class="line {colour}"/>')
            self.parts.append(text(beside + 36, y + 4, name))
        below = top + 20 * len(panel.lines) + 16
        for at, words in enumerate(textwrap.wrap(panel.reason, 74)):
            self.parts.append(text(beside, below + at * 17, words, "small"))
        self.height += PANEL + 8

    def svg(self, title):
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" height="{self.height}" role="img">'
            f"<title>{escape(title)}</title><style>{STYLE}</style>"
            f'<rect width="{WIDTH}" height="{self.height}" class="page"/>' + "\n".join(self.parts) + "</svg>\n"
        )


def draw(title, bars, note, panels):
    drawing = Drawing()
    drawing.bars(title, bars, note)
    for panel in panels:
        drawing.panel(panel)
    return drawing.svg(title)
