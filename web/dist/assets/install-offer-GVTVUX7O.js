import{a}from"./chunk-5Z6OBEJY.js";import"./chunk-MOIXEBW4.js";import"./chunk-WVWAOETI.js";import"./chunk-AGE7QOE3.js";import"./chunk-2T66RPTL.js";export{a as InstallOffer};
