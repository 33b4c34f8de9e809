import{w as t,x as n}from"./chunk-NXTWGZC6.js";var r=n(t());function f(e){return r.getItem(`kinward.note.${e}`)??void 0}function g(e,i){r.setItem(`kinward.note.${e}`,i)}export{f as a,g as b};
