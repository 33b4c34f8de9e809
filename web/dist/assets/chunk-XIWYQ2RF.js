import{B as t,C as n}from"./chunk-USXG6FV2.js";var r=n(t());function s(e){return r.getItem(`kinward.note.${e}`)??void 0}function d(e,i){r.setItem(`kinward.note.${e}`,i)}export{s as a,d as b};
