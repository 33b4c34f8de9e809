import{a}from"./chunk-AH6XICAD.js";import"./chunk-MOIXEBW4.js";import"./chunk-B6FP7HOV.js";import"./chunk-2ZL47VPL.js";import"./chunk-WHYYFFKV.js";export{a as TellMe};
