import{a}from"./chunk-AHLBGZFM.js";import"./chunk-MOIXEBW4.js";import"./chunk-XJWSXHWR.js";import"./chunk-LH4QRN7H.js";import"./chunk-NXTWGZC6.js";export{a as InstallOffer};
