"""Three hundred names that something somewhere takes for more than a name."""

from __future__ import annotations

# ruff: noqa: E501
WORDS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")", "＝1+1", "\t=1", "'=1",
    "{=A1:A2}", "=cmd|' /C calc'!A0", "_x0041_", "_x000D_", "<b>粗</b>", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "&lt;&amp;&#x41;", "\"><script>", "' onload='x", "]]>", "<!-- x",
    "</title><script>x</script>", "</style>", "</textarea>", "<svg onload=alert(1)>",
    "</text><script>1</script>", "<a xlink:href=\"javascript:1\">", "<?xml version=\"1.0\"?>",
    "<!ENTITY x SYSTEM \"file:///etc/passwd\">", "[bold red]红[/]", "[/]", "[link=http://x]y[/link]",
    "[核]", "\\[x]", "| a | b |", "`code`", "[x](javascript:alert(1))", "![x](http://x/y.png)",
    "# 标题", "*粗* _斜_", "~~x~~", "- [ ] x", "http://example.invalid/a?b=c&d", "#import \"x\"",
    "#read(\"/etc/passwd\")", "#eval(\"1+1\")", "$x^2$", "@ref", "<label>", "\\u{41}", "#sys.inputs",
    "\"; shape=box", "\"]; x [label=\"y", "}\n{", "\\N\\G\\L", "\\\"", "<<b>x</b>>", "\x1b[31m红",
    "\x1b]8;;http://x\x07y", "\x9b31m", "a\x00b", "\x07", "\x7f", "a\r\nb", "a\x0bb", "\u202eabc",
    "\u2066x\u2069", "\u200f右", "a\u200bb", "\ufeffa", "a\u2060b", "a\u2028b", "\u00ada", "长" * 2000,
    "W" * 2000, "字 " * 1000, "😀芯", "👩‍🔬", "🇨🇳", "é́́", "ก็็็", "𠮷野家", "𓀀", "javascript:alert(1)",
    "data:text/html,x", "vbscript:x", "file:///etc/passwd", "{0}", "{firms}", "%s%n", "${x}",
    "{{x}}", "%(x)s", "\ufffe", "\uffff", "\ufffd", "000001", "1e5", "TRUE", "2026-01-01", "null",
    "../../x", "C:\\x", "\\\\host\\x", "a/b", "CON", ".", "~", "‘’“”", "　全角　", " 前后 ",
)  # fmt: skip
NAMES = tuple(
    name
    for at in range(3)
    for name in (WORDS, tuple(f"甲{w}公司" for w in WORDS), tuple(f"{w}{w[:9]}乙" for w in WORDS))[
        at
    ]
)[:300]
