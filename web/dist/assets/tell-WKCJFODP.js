import{a}from"./chunk-HUSM47VJ.js";import"./chunk-MOIXEBW4.js";import"./chunk-3ICBVBFW.js";import"./chunk-LH4QRN7H.js";import"./chunk-NXTWGZC6.js";export{a as TellMe};
