import{a}from"./chunk-IKKLCNHA.js";import"./chunk-MOIXEBW4.js";import"./chunk-CUXTTYSU.js";import"./chunk-FHU7TE4G.js";import"./chunk-KJWX7Q2S.js";export{a as TellMe};
