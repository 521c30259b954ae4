"""A plot with two logarithmic axes, as SVG."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460, 300, 60, 130, 34, 44
COLOURS = ["#0b62a4", "#d1495b", "#2e8b57", "#b8860b", "#7a4fa3", "#555555", "#00808a", "#a0522d"]


class Axis:
    """From the power of ten below the least value to the one above the greatest."""

    def __init__(self, values, start, end):
        logs = [math.log10(v) for v in values]
        self.low, self.high = math.floor(min(logs)), math.ceil(max(logs))
        if self.low == self.high:
            self.high += 1
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        return [10.0 ** k for k in range(self.low, self.high + 1)]


def label(value):
    return "%g" % value if 1e-3 <= value < 1e6 else "10^%d" % round(math.log10(value))


def text(x, y, what, more=""):
    return '<text x="%.1f" y="%.1f" %s>%s</text>' % (x, y, more, escape(what))


def axes(x, y, x_label, y_label):
    for v in x.ticks():
        yield '<path class="grid" d="M%.1f %dV%d"/>' % (x.at(v), TOP, HEIGHT - BOTTOM)
        yield text(x.at(v), HEIGHT - BOTTOM + 15, label(v), 'text-anchor="middle"')
    for v in y.ticks():
        yield '<path class="grid" d="M%d %.1fH%d"/>' % (LEFT, y.at(v), WIDTH - RIGHT)
        yield text(LEFT - 5, y.at(v) + 4, label(v), 'text-anchor="end"')
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x_label, 'text-anchor="middle"')
    yield text(14, (TOP + HEIGHT - BOTTOM) / 2, y_label, 'text-anchor="middle" transform="rotate(-90 14 %d)"'
               % ((TOP + HEIGHT - BOTTOM) / 2))


def curves(x, y, series):
    for i, (name, points) in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        where = [(x.at(a), y.at(b)) for a, b in points]
        yield '<path class="curve" stroke="%s" d="M%s"/>' % (colour, "L".join("%.1f %.1f" % p for p in where))
        yield "".join('<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>' % (*p, colour) for p in where)
        yield text(WIDTH - RIGHT + 8, TOP + 10 + 15 * i, name, 'fill="%s"' % colour)


def panel(title, x_label, y_label, series, top):
    """SERIES: (name, [(x, y)…]); what is not above 0 has no place here and is left out."""
    series = [(name, [(a, b) for a, b in points if a > 0 and b > 0]) for name, points in series]
    series = [s for s in series if s[1]]
    if not series:
        return ""
    x = Axis([a for _, points in series for a, _ in points], LEFT, WIDTH - RIGHT)
    y = Axis([b for _, points in series for _, b in points], HEIGHT - BOTTOM, TOP)
    parts = [text(LEFT, 20, title, 'font-weight="bold"'), *axes(x, y, x_label, y_label), *curves(x, y, series)]
    return '<g transform="translate(0 %d)">\n%s\n</g>\n' % (top, "\n".join(parts))


def svg(panels):
    """PANELS: what panel() takes but the last, one below the other."""
    panels = list(panels)
    body = "".join(panel(*p, top=i * HEIGHT) for i, p in enumerate(panels))
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">\n'
            "<style>.grid{stroke:#ddd;fill:none}.curve{fill:none;stroke-width:1.5}</style>\n"
            '<rect width="100%%" height="100%%" fill="white"/>\n%s</svg>\n' % (WIDTH, HEIGHT * len(panels), body))
