"""Two charts side by side as SVG: latency against rate, CPU per delivery against subscribers. Both axes logarithmic."""

import math

COLOURS = {"tocsin": "#c0392b", "bare": "#2c3e50", "chat": "#8e44ad", "nchan": "#27ae60", "nats": "#2980b9",
           "mosquitto": "#d68910"}
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 520, 380, 64, 40, 20, 56


def ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten within."""
    values = [part * 10.0 ** power for power in range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
              for part in (1, 2, 5)]
    return [value for value in values if low * 0.999 <= value <= high * 1.001]


def chart(x0: int, title: str, x_label: str, y_label: str, lines: list[tuple]) -> str:
    """`lines`: (name, colour, dashed, [(x, y), …])."""
    points = [point for line in lines for point in line[3] if point[0] > 0 and point[1] > 0]
    if not points:
        return ""
    x_low, x_high = min(x for x, _ in points), max(x for x, _ in points)
    y_low, y_high = min(y for _, y in points) * 0.8, max(y for _, y in points) * 1.25
    x_high = max(x_high, x_low * 1.01)

    def at(x, y):
        across = (math.log(x) - math.log(x_low)) / (math.log(x_high) - math.log(x_low))
        up = (math.log(y) - math.log(y_low)) / (math.log(y_high) - math.log(y_low))
        return x0 + LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    out = [f'<text x="{x0 + LEFT}" y="22" font-weight="bold">{title}</text>',
           f'<text x="{x0 + WIDTH // 2}" y="{HEIGHT - 12}" text-anchor="middle">{x_label}</text>',
           f'<text x="{x0 + 16}" y="{HEIGHT // 2}" text-anchor="middle" transform="rotate(-90 {x0 + 16} {HEIGHT // 2})">'
           f'{y_label}</text>']
    for value in ticks(x_low, x_high):
        x, _ = at(value, y_low)
        out.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>'
                   f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>')
    for value in ticks(y_low, y_high):
        x, y = at(x_low, value)
        out.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x0 + WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>'
                   f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for number, (name, colour, dashed, line) in enumerate(lines):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in sorted(line) if point[1] > 0))
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        if not dashed:
            y = TOP + 14 * (number + 1)
            out.append(f'<text x="{x0 + LEFT + 10}" y="{y}" fill="{colour}">{name}</text>')
    return "\n".join(out)


def draw(results: dict) -> str:
    latency, cpu = [], []
    for name, colour in COLOURS.items():
        runs = results["latency by rate"].get(name, {})
        if runs:
            latency.append((name, colour, False, [(float(rate), each["p50"]) for rate, each in runs.items()]))
        counts = results["cpu by subscribers"].get(name, {})
        if counts:
            cpu.append((name, colour, False, [(float(count), each) for count, each in counts.items()]))
    for name, colour in COLOURS.items():
        runs = results["latency by rate"].get(name, {})
        if runs:
            latency.append((name, colour, True, [(float(rate), each["p99"]) for rate, each in runs.items()]))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{HEIGHT}" '
            f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n'
            + chart(0, "Latency to 1,000 subscribers: p50, dashed p99", "events a second", "ms", latency) + "\n"
            + chart(WIDTH, "Server CPU per delivery, one event at a time", "subscribers", "microseconds", cpu) + "\n</svg>\n")
