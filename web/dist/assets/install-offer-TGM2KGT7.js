import{a}from"./chunk-UKB4HFNG.js";import"./chunk-MOIXEBW4.js";import"./chunk-YN2CHZLC.js";import"./chunk-2ZL47VPL.js";import"./chunk-WHYYFFKV.js";export{a as InstallOffer};
