import{a}from"./chunk-665MBJF4.js";import"./chunk-MOIXEBW4.js";import"./chunk-ETPGHEWX.js";import"./chunk-AGE7QOE3.js";import"./chunk-2T66RPTL.js";export{a as TellMe};
