import { schemes, type Accents } from './colour.js';
import { iconStyles } from './icon.js';

const defaultAccents: Accents = {
  light: { background: '#0f6cbd', text: '#fff', link: '#0f5ea8' },
  dark: { background: '#62abf5', text: '#000', link: '#8ac2f8' },
};

/** The page's only stylesheet: no images, no fonts, no script. Logical properties, so right-to-left needs no second one. */
export function stylesheet(accents: Accents = defaultAccents): string {
  const { light, dark } = accents;
  return `:root{color-scheme:light dark;--bg:${schemes.light.page};--card:${schemes.light.card};--text:#242424;--soft:#515151;--line:#d1d1d1;--edge:#8a8a8a;--link:${light.link};--accent:${light.background};--on-accent:${light.text}}
@media (prefers-color-scheme:dark){:root{--bg:${schemes.dark.page};--card:${schemes.dark.card};--text:#f5f5f5;--soft:#c7c7c7;--line:#5c5c5c;--edge:#8a8a8a;--link:${dark.link};--accent:${dark.background};--on-accent:${dark.text}}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:1rem/1.5 "Segoe UI",system-ui,-apple-system,"Helvetica Neue",Arial,"Noto Sans",sans-serif;overflow-wrap:anywhere}
.page{max-width:40rem;margin:0 auto;padding:1rem .5rem}
.brand{display:flex;align-items:center;gap:.75rem;margin:0 0 1rem;font-weight:600;color:var(--soft)}
.brand img{max-height:2.5rem;max-width:10rem}
main,.developer{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1.25rem 1rem}
main{box-shadow:0 2px 8px rgb(0 0 0/.06)}
main{background:linear-gradient(var(--accent) .25rem,var(--card) .25rem)}
${iconStyles}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .75rem;text-wrap:balance}
h2{font-size:1.05rem;margin:1.5rem 0 .25rem}
p{margin:.25rem 0 .75rem;text-wrap:pretty}
a{color:var(--link)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0 1rem}
.button{flex:1 1 auto;padding:.65rem .85rem;border-radius:.375rem;border:2px solid var(--accent);background:var(--accent);color:var(--on-accent);font-weight:600;text-align:center;text-decoration:none}
.button:hover{text-decoration:underline}
.second{background:transparent;color:var(--text);border-color:var(--edge)}
a:focus-visible,summary:focus-visible,pre:focus-visible{outline:3px solid var(--text);outline-offset:2px}
.note{border-inline-start:4px solid var(--accent);padding-inline-start:.75rem}
details{margin-block-start:1.5rem;border-block-start:1px solid var(--line);padding-block-start:.5rem}
summary{cursor:pointer;font-weight:600;padding:.5rem 0}
pre{margin:.5rem 0;padding:.75rem;border:1px solid var(--line);border-radius:.375rem;white-space:pre-wrap;font:.8rem/1.6 ui-monospace,Consolas,monospace;user-select:all}
pre bdi{display:inline-block}
.prose{font:inherit}
dl{margin:.5rem 0}dt{font-weight:600}dd{margin:0 0 .5rem}
.links a{margin-inline-end:1rem}
footer{margin:1rem .25rem;color:var(--soft);font-size:.9rem}
footer a{color:inherit}
.developer h2{margin-block-start:0}
.developer{border-style:dashed;margin-block-start:1rem}
@media (min-width:40rem){.page{padding:clamp(1.5rem,7vh,5rem) 1rem}main,.developer{padding:1.75rem}h1{font-size:1.75rem}.button{flex:none;padding-inline:1rem}pre{font-size:.9rem}}
@media (forced-colors:active){.button{border:2px solid}main::before{forced-color-adjust:none;background:CanvasText}}
@media print{main::before{display:none}:root{color-scheme:light;--bg:#fff;--card:#fff;--text:#000;--soft:#333;--line:#999;--edge:#999;--link:#000}.actions{display:none}main{border:0;padding:0;background:none;box-shadow:none}details::details-content{content-visibility:visible;display:block}}
`;
}
