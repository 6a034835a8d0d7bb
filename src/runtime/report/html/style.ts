/** The style sheet: one file, system fonts, light and dark, paper. */
import { dark, declareColours, light, ramp } from './palette.js';

const steps = ramp.map((colour, i) => `--e${i}:${colour}`).join(';');
const stepClasses = ramp.map((_, i) => `.e${i}{background:var(--e${i})}`).join('');

export const style = `
:root{color-scheme:light dark;${declareColours(light)};${steps}}
@media screen and (prefers-color-scheme:dark){:root{${declareColours(dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:1200px;padding:0 16px 48px;background:var(--ground);color:var(--text);font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
a{color:var(--link)}
h1{font-size:1.5rem;line-height:1.2;margin:20px 0 4px;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:36px 0 8px;padding-top:10px;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:20px 0 6px;overflow-wrap:anywhere}
p{margin:6px 0;max-width:80ch;overflow-wrap:anywhere}
header>ul{margin:8px 0;padding-left:20px;max-width:80ch;overflow-wrap:anywhere}
nav ul{list-style:none;margin:12px 0 0;padding:0;display:flex;flex-wrap:wrap;gap:2px 14px}
nav a{display:inline-block;padding:3px 0}
.skip{position:absolute;left:-999px}.skip:focus{position:static}
.muted,small,.note,caption{color:var(--muted)}
.note,caption,figcaption small{font-size:13px}
small{display:block;font-size:12px;line-height:1.3}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.scroll{overflow-x:auto;max-width:100%;margin:8px 0}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:4px 0;caption-side:top;max-width:min(80ch,calc(100vw - 32px))}
th,td{padding:5px 10px 5px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid);unicode-bidi:isolate}
thead th{border-bottom:1px solid var(--line);vertical-align:bottom;font-weight:600}
th[scope=row]{font-weight:500;min-width:9em;max-width:22em;overflow-wrap:anywhere}
td{max-width:34em;overflow-wrap:anywhere}
td:not(.number){min-width:6.5em}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal;min-width:6.5em;max-width:10em}
.sticky th:first-child{position:sticky;left:0;background:var(--ground);z-index:1;max-width:42vw}
.sticky th[scope=row] svg{flex:none}
.pairs th{max-width:12em}
.contrasts td:last-child{white-space:nowrap}
.contrasts th[scope=row],.contrasts td:nth-child(2){min-width:8em}
.prose td{min-width:8em}
.prose td:nth-child(n+3){min-width:14em}
td ul{margin:2px 0;padding-left:16px}
button.sort{all:unset;cursor:pointer;color:var(--text);font-weight:600;display:inline}
button.sort:focus-visible{outline:2px solid var(--link);outline-offset:2px}
button.sort::after{content:'\\2009\\2195';color:var(--muted)}
[aria-sort=ascending] button.sort::after{content:'\\2009\\2191';color:var(--text)}
[aria-sort=descending] button.sort::after{content:'\\2009\\2193';color:var(--text)}
.chosen{background:var(--raised)}
.choose{margin:8px 0;display:flex;flex-wrap:wrap;gap:8px;align-items:center}
select{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:4px;padding:4px 6px;max-width:100%}
.verdict{white-space:nowrap;font-weight:600}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(300px,100%),1fr));gap:18px 22px;margin:10px 0}
figure{margin:0;min-width:0}
figure.wide{max-width:760px}figure.narrow{max-width:420px}
figure.small{max-width:360px}
figcaption{font-weight:600;margin:0 0 4px;overflow-wrap:anywhere}
figcaption .muted{font-weight:400}
figure.narrow{display:none}
@media (max-width:700px){figure.wide{display:none}figure.narrow{display:block}#verdict-table td,#verdict-table th{min-width:0}#verdict-table td{overflow-wrap:break-word}#verdict-table .verdict{white-space:normal}#verdict-table td:last-child{max-width:4em}}
.drawing svg{display:block;width:100%;height:auto;overflow:hidden}
.drawing text{font-family:inherit}
details{margin:4px 0}
summary{cursor:pointer;color:var(--link);font-size:13px;padding:3px 0;overflow-wrap:anywhere}
.swatch{width:12px;height:12px;vertical-align:-1px}.swatch.long{width:22px;height:8px;vertical-align:2px}
.key{display:inline-block;margin-right:10px;overflow-wrap:anywhere}
.box{display:inline-block;width:14px;height:10px}.filled{background:var(--c1);opacity:.75}.outlined{border:2px solid var(--c2)}
.ramp{display:inline-flex;vertical-align:middle;border:1px solid var(--line)}.ramp span{width:12px;height:10px}${stepClasses}
.exhibits{min-width:0}
.pictures td,.pictures th{padding:4px 6px 4px 0;min-width:0;text-align:center;font-weight:400}
.pictures th[scope=row]{border-right:2px solid var(--line);min-width:0}
.pictures img{width:48px;height:48px;object-fit:contain;image-rendering:pixelated;background:var(--raised);display:block;margin:auto}
.pictures td{max-width:7em}
.pictures small{font-size:11px;overflow-wrap:break-word}
@media (max-width:700px){.pictures img{width:44px;height:44px}.pictures small{font-size:10px}}
.pictures q{display:block;font-size:12px;text-align:left;min-width:8em}
pre{overflow-x:auto;background:var(--raised);padding:12px;font-size:13px;line-height:1.4;tab-size:2}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em;overflow-wrap:anywhere}
pre code{overflow-wrap:normal;font-size:1em}
[hidden]{display:none!important}
#live{position:sticky;top:0;z-index:2;background:var(--raised);border-bottom:1px solid var(--line);padding:6px 10px;margin:0;max-width:none;font-size:14px}
@media print{body{max-width:none;font-size:10pt}nav,.choose,summary,#live{display:none}button.sort::after{content:''}.scroll{overflow:visible}figure,tr{break-inside:avoid}h2{break-after:avoid}.ranked[hidden]{display:none!important}}
`;
