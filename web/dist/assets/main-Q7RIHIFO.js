import"./chunk-DLMUJGG7.js";
