/** The report's look: light, dark and on paper. Nothing is loaded from elsewhere. */
export const reportStyle = `
:root{--ink:#1b1f24;--soft:#59636e;--paper:#fff;--card:#f6f7f9;--line:#d8dde3;--bar:#a9bdd6;--odd:#b3261e;--mark:#1b1f24;--link:#0b57a4}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a3adb8;--paper:#14171a;--card:#1d2125;--line:#363c43;--bar:#46617f;--odd:#ff8a80;--mark:#f2f4f6;--link:#8ab8f0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.3rem;margin:2.5rem 0 .6rem}
h3{font-size:1.05rem;margin:1.2rem 0 .3rem}
a{color:var(--link)}
p,ul{margin:.4rem 0}
.soft{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.2rem 0}
.facts div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .9rem;min-width:8.5rem}
.facts b{display:block;font-size:1.4rem;line-height:1.2}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{font-weight:600;color:var(--soft);white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
article{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.25rem;margin:1rem 0}
article h2{margin:0 0 .2rem;font-size:1.15rem;overflow-wrap:anywhere}
.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.85rem}
.first{border-left:.25rem solid var(--odd);padding-left:.8rem;margin:.8rem 0}
figure{margin:.8rem 0}
figcaption{font-size:.85rem;color:var(--soft)}
figcaption b.odd{color:var(--odd)}
svg{width:100%;height:auto;display:block}
svg text{font-size:11px;fill:var(--soft)}
svg .all{fill:var(--bar)}svg .odd{fill:var(--odd)}svg .likely{fill:var(--mark)}svg .grid{stroke:var(--line)}
.wide{overflow-x:auto}
@media print{:root{--ink:#000;--soft:#333;--paper:#fff;--card:#fff;--line:#999;--bar:#bbb;--odd:#444;--mark:#000}body{font-size:10.5pt}main{max-width:none;padding:0}article{break-inside:avoid-page;border:0;border-top:1px solid #999;border-radius:0;padding:.8rem 0}a{color:inherit;text-decoration:none}}
`;
