import"./chunk-NGJJIVJ2.js";
