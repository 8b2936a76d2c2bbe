"""The map: marks, layers and the page know no Qt; `maps.view*` and `maps.native*` are the pixels."""
