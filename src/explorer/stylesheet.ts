/** The explorer's only stylesheet: no images, no fonts, no script, logical properties. Colours meet WCAG 2.2 AA. */
export const stylesheet = `:root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--well:#f6f7f9;--text:#1f2328;--soft:#57606a;--line:#d0d7de;--link:#0a58a6;--accent:#0f6cbd;--on-accent:#fff;--key:#0a4f94;--string:#1f5c33;--number:#8a3b00;
--user:#0b5a45;--user-bg:#d8f3e8;--admin:#743d00;--admin-bg:#ffe9cb;--code:#9b1c1c;--code-bg:#fde3e3;--wait:#0b4a8f;--wait-bg:#dcebfd;--none:#424a53;--none-bg:#e7eaee}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1e2226;--well:#171a1e;--text:#eef1f4;--soft:#b3bcc6;--line:#3d444d;--link:#8ac2f8;--accent:#62abf5;--on-accent:#000;--key:#9ecbff;--string:#9fdcb4;--number:#ffc48a;
--user:#93e6cd;--user-bg:#12382e;--admin:#ffd08f;--admin-bg:#46300c;--code:#ffb4b4;--code-bg:#4a1e1e;--wait:#abd2ff;--wait-bg:#13304f;--none:#d3d9df;--none-bg:#343a41}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:1rem/1.55 "Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,"Noto Sans",sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,pre:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,textarea:focus-visible,iframe:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;inset-inline-start:-99rem}
.skip:focus{inset-inline-start:1rem;inset-block-start:.5rem;background:var(--card);padding:.5rem 1rem;z-index:2}
.top{background:var(--card);border-block-end:1px solid var(--line);border-block-start:4px solid var(--accent)}
.bar,main,.foot{max-width:84rem;margin:0 auto;padding:.75rem 1rem}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem}
.home{font-weight:650;font-size:1.1rem;color:var(--text);text-decoration:none}
.home:hover{text-decoration:underline}
.tag{font-size:.8rem;color:var(--soft);border:1px solid var(--line);border-radius:1rem;padding:.05rem .6rem}
.find{display:flex;gap:.5rem;flex:1 1 18rem;max-width:34rem;margin-inline-start:auto}
.find input{flex:1;min-width:0}
main{padding-block:1.25rem 2rem}
h1{font-size:clamp(1.4rem,3.2vw,1.9rem);line-height:1.2;margin:.25rem 0 .5rem;text-wrap:balance}
h2{font-size:1.15rem;margin:0 0 .5rem}
h3{font-size:1rem;margin:0 0 .25rem}
p{margin:.25rem 0 .75rem;text-wrap:pretty}
.lead{color:var(--soft);max-width:60rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.2rem;margin:0 0 1rem;min-width:0}
.two{display:grid;gap:0 1rem;grid-template-columns:minmax(0,1fr)}
label,.label{display:block;font-weight:600;margin:.75rem 0 .25rem}
.hint{color:var(--soft);font-size:.9rem;margin:.25rem 0}
input,select,textarea,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.35rem;padding:.5rem .7rem;min-height:2.75rem}
input[type=checkbox]{min-height:0;width:1.15rem;height:1.15rem;margin:0;accent-color:var(--accent)}
textarea{width:100%;min-height:11rem;font:.85rem/1.5 ui-monospace,Consolas,monospace;resize:vertical;background:var(--well)}
.wide{width:100%}
::placeholder{color:var(--soft);opacity:1}
button{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600;cursor:pointer;padding-inline:1.2rem}
button:hover{text-decoration:underline}
.answers{margin-block-start:1rem;align-items:start}
.row{display:flex;flex-wrap:wrap;align-items:end;gap:.5rem 1rem}
.row>*{min-width:0}
.row label{margin-block-start:0}
.grow{flex:1 1 14rem}
.check{display:flex;align-items:center;gap:.5rem;font-weight:400;min-height:2.75rem;margin:0}
.chips{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem;margin:.25rem 0 .5rem;padding:0}
.chips a{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:.3rem .8rem;text-decoration:none;background:var(--well);color:var(--text);font-size:.9rem}
.chips a:hover{border-color:var(--accent);text-decoration:underline}
.badge{display:inline-block;border-radius:.35rem;padding:.12rem .55rem;font:600 .85rem/1.5 ui-monospace,Consolas,monospace;white-space:nowrap;border:1px solid transparent}
.user{color:var(--user);background:var(--user-bg)}.admin{color:var(--admin);background:var(--admin-bg)}.code{color:var(--code);background:var(--code-bg)}.wait{color:var(--wait);background:var(--wait-bg)}.none{color:var(--none);background:var(--none-bg)}
.hits{list-style:none;margin:0;padding:0}
.hits li{border-block-start:1px solid var(--line);padding:.65rem 0;display:grid;gap:.1rem .75rem;grid-template-columns:minmax(0,1fr) auto}
.hits a{font-weight:600}
.hits .name{color:var(--soft);font-weight:400}
.hits p{grid-column:1/-1;margin:0;color:var(--soft);font-size:.95rem}
.pages{display:flex;gap:1rem;margin:.75rem 0 0}
.verdict{border-inline-start:.4rem solid var(--tone,var(--line))}
.verdict.user{--tone:var(--user)}.verdict.admin{--tone:var(--admin)}.verdict.code{--tone:var(--code)}.verdict.wait{--tone:var(--wait)}.verdict.none{--tone:var(--none)}
.card.verdict{color:var(--text);background:var(--card)}
.way{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 0;margin:.75rem 0 0;padding:0;font-size:.9rem}
.way li{display:flex;align-items:center}
.way li:not(:last-child)::after{content:"";width:.45rem;height:.45rem;border-block-start:2px solid var(--soft);border-inline-end:2px solid var(--soft);transform:rotate(45deg);margin-inline:.6rem .8rem}
.way a{color:var(--text);text-decoration-color:var(--soft)}
dl{margin:0;display:grid;gap:.15rem 1rem;grid-template-columns:minmax(6.5rem,auto) minmax(0,1fr)}
dt{color:var(--soft)}dd{margin:0}
.rules{list-style:none;margin:0;padding:0;counter-reset:rule}
.rules li{display:grid;grid-template-columns:1.9rem minmax(0,1fr) auto;gap:0 .6rem;padding:.2rem 0;color:var(--soft);align-items:baseline}
.rules li::before{counter-increment:rule;content:counter(rule);width:1.7rem;height:1.7rem;border-radius:50%;border:1px solid var(--line);display:grid;place-items:center;font-size:.85rem;align-self:start}
.rules .hit{color:var(--text)}
.rules .hit::before{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:700}
.rules .later::before{border-style:dashed}
.rules .after::before{content:"+"}
.rules span{font-size:.9rem}
.rules .because{grid-column:2/-1;font-weight:600}
.rules code{display:block;color:inherit}
code,pre{font-family:ui-monospace,Consolas,monospace}
code{font-size:.9em}
pre{margin:.5rem 0;padding:.75rem;border:1px solid var(--line);border-radius:.4rem;background:var(--well);white-space:pre-wrap;font-size:.8rem;line-height:1.55;max-height:26rem;overflow:auto}
pre b{color:var(--key);font-weight:600}pre i{color:var(--string);font-style:normal}pre u{color:var(--number);text-decoration:none}
.status{font:700 1.05rem/1.5 ui-monospace,Consolas,monospace}
.answers{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}
.answer{border:1px solid var(--line);border-radius:.5rem;padding:.9rem;min-width:0}
iframe{display:block;width:100%;height:34rem;border:1px solid var(--line);border-radius:.4rem;background:var(--bg);resize:vertical}
.finding{border-block-start:1px solid var(--line);padding:.75rem 0 .25rem}
.finding:first-of-type{border:0;padding-block-start:.25rem}
.finding dl{font-size:.95rem}
.way+.note{margin-block-start:.75rem}
.note{border-inline-start:4px solid var(--line);padding-inline-start:.75rem;color:var(--soft)}
.alert{border:1px solid var(--admin);background:var(--admin-bg);color:var(--admin);border-radius:.4rem;padding:.6rem .9rem}
summary{cursor:pointer;padding:.35rem 0;font-weight:600}
.foot{color:var(--soft);font-size:.9rem;border-block-start:1px solid var(--line)}
@media (min-width:58rem){.two{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.answers{grid-template-columns:minmax(0,1.15fr) minmax(0,1fr)}.answers .page{grid-row:1/3}iframe{height:46rem}}
@media (max-width:30rem){dl{grid-template-columns:minmax(0,1fr)}dt{margin-block-start:.35rem}.hits li{grid-template-columns:minmax(0,1fr)}.card{padding:.9rem}}
@media (forced-colors:active){.badge,.rules li::before,.verdict{border-color:CanvasText}button{border:2px solid}}
`;
