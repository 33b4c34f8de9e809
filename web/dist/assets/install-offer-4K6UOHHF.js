import{a}from"./chunk-KYRF3HTQ.js";import"./chunk-MOIXEBW4.js";import"./chunk-LXBQZ5JM.js";import"./chunk-FHU7TE4G.js";import"./chunk-KJWX7Q2S.js";export{a as InstallOffer};
