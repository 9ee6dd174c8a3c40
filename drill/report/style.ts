// The look of the HTML report. Colours have a contrast of at least 4.5 in both schemes.

export const STYLE = `
:root { color-scheme: light dark; --ink: #1c1f23; --paper: #fff; --dim: #59616b; --line: #d5dae0; --good: #11692f; --bad: #b3161b; --open: #7a5200; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #14171a; --dim: #a0a8b1; --line: #343b42; --good: #5fd38a; --bad: #ff8a85; --open: #e6b450; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.sum { font-size: 1.15rem; font-weight: 600; margin: 0 0 1rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
.note { color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; } td.good, td.bad, td.open { font-weight: 600; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; }
summary span { display: inline-block; min-width: 7.5rem; font-weight: 600; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
`;
