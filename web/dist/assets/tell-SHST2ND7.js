import{a}from"./chunk-JWRHHOJ2.js";import"./chunk-MOIXEBW4.js";import"./chunk-KXJH5VLQ.js";import"./chunk-QGP3H427.js";import"./chunk-WBKDXGNP.js";export{a as TellMe};
