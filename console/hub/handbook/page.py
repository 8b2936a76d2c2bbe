"""A handbook as one HTML page: no script, no address outside, every text escaped (SEC-26)."""

from __future__ import annotations

from html import escape

from console.hub.handbook.blocks import Block, Facts, Handbook, Heading, Paragraph, Table

_STYLE = """
body{font:15px/1.55 "Noto Sans KR","Malgun Gothic","Apple SD Gothic Neo",sans-serif;margin:2rem auto;max-width:72rem;
padding:0 1rem;color:#1c2126;background:#fff}
h1,h2,h3,h4{line-height:1.25;margin:2em 0 .5em}h2{border-bottom:2px solid #5a6673}h4{margin-bottom:.2em}
table{border-collapse:collapse;width:100%;margin:.6em 0 1.2em}th,td{border:1px solid #b4bcc4;padding:.3em .55em;
text-align:left;vertical-align:top;white-space:pre-line;overflow-wrap:anywhere}th{background:#e9edf1}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.15em .9em;margin:.2em 0 1em}
dt{font-weight:600}dd{margin:0;white-space:pre-line;overflow-wrap:anywhere}nav ul{list-style:none;padding-left:1.2em}
@media print{h2{break-before:page}h4,dl,tr{break-inside:avoid}nav a{color:inherit}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(handbook: Handbook) -> str:
    """The whole page."""
    body = "\n".join(_block(block) for block in handbook.blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(handbook.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(handbook.title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{escape(handbook.title)}</h1>\n"
        f"{_contents(handbook)}\n{body}\n</body>\n</html>\n"
    )


def _contents(handbook: Handbook) -> str:
    items: list[str] = []
    depth = 1
    for heading in handbook.headings():
        items.append("<ul>" * (heading.level - depth) + "</ul>" * (depth - heading.level))
        items.append(f'<li><a href="#{heading.id}">{escape(heading.text)}</a></li>')
        depth = heading.level
    items.append("</ul>" * (depth - 1))
    return f"<nav><h2>{escape(handbook.contents)}</h2>\n{''.join(items)}</nav>"


def _block(block: Block) -> str:
    match block:
        case Heading(level=level, text=text, id=anchor):
            return f'<h{level} id="{anchor}">{escape(text)}</h{level}>'
        case Paragraph(text=text):
            return f"<p>{escape(text)}</p>"
        case Facts(rows=rows):
            return (
                "<dl>"
                + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
                + "</dl>"
            )
        case Table(heads=heads, rows=rows):
            head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
            body = "".join(
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
            )
            return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
