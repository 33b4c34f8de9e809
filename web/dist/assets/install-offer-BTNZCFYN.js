import{a}from"./chunk-35CPPW5J.js";import"./chunk-MOIXEBW4.js";import"./chunk-UWHH6B2W.js";import"./chunk-WCDQWMH6.js";import"./chunk-5GJZRFJR.js";export{a as InstallOffer};
