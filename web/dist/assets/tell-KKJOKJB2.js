import{a}from"./chunk-6B5BN4UV.js";import"./chunk-MOIXEBW4.js";import"./chunk-EFRXGBJO.js";import"./chunk-WCDQWMH6.js";import"./chunk-5GJZRFJR.js";export{a as TellMe};
