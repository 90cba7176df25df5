"""A point that surely lies inside an area, away from its edge."""

import functools

_STEPS = 24


def _inside(ring, latitude: float, longitude: float) -> bool:
    odd = False
    corners = list(ring.vertices)
    for a, b in zip(corners, corners[1:] + corners[:1]):
        if (a.latitude > latitude) != (b.latitude > latitude):
            at = a.longitude + (latitude - a.latitude) / (b.latitude - a.latitude) * (b.longitude - a.longitude)
            odd ^= longitude < at
    return odd


def _distance(ring, latitude: float, longitude: float) -> float:
    """To the nearest edge, in degrees of latitude; good enough to choose by."""
    best = float("inf")
    corners = list(ring.vertices)
    for a, b in zip(corners, corners[1:] + corners[:1]):
        ax, ay = (a.longitude - longitude) * 0.7, a.latitude - latitude
        dx, dy = (b.longitude - a.longitude) * 0.7, b.latitude - a.latitude
        length = dx * dx + dy * dy
        t = max(0.0, min(1.0, -(ax * dx + ay * dy) / length)) if length else 0.0
        best = min(best, ((ax + t * dx) ** 2 + (ay + t * dy) ** 2) ** 0.5)
    return best


def point_in(area) -> tuple[float, float]:
    """Latitude and longitude of the raster point that lies furthest from the edge of the area's first polygon."""
    return _point_in(area.SerializeToString(), type(area))


@functools.cache
def _point_in(data: bytes, kind) -> tuple[float, float]:
    polygon = kind.FromString(data).polygons[0]
    latitudes = [v.latitude for v in polygon.outer.vertices]
    longitudes = [v.longitude for v in polygon.outer.vertices]
    best, found = -1.0, None
    for i in range(1, _STEPS):
        for j in range(1, _STEPS):
            latitude = min(latitudes) + (max(latitudes) - min(latitudes)) * i / _STEPS
            longitude = min(longitudes) + (max(longitudes) - min(longitudes)) * j / _STEPS
            if not _inside(polygon.outer, latitude, longitude):
                continue
            if any(_inside(hole, latitude, longitude) for hole in polygon.holes):
                continue
            distance = min(_distance(ring, latitude, longitude) for ring in [polygon.outer, *polygon.holes])
            if distance > best:
                best, found = distance, (round(latitude, 6), round(longitude, 6))
    assert found, "no point found inside the area"
    return found
