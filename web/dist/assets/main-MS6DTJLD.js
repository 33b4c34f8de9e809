import"./chunk-MUIHRYUV.js";
