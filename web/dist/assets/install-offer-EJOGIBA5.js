import{a}from"./chunk-4FHSAJQ7.js";import"./chunk-MOIXEBW4.js";import"./chunk-DTOZ33CQ.js";import"./chunk-QGP3H427.js";import"./chunk-WBKDXGNP.js";export{a as InstallOffer};
