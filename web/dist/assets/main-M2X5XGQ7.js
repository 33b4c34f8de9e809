import"./chunk-RIRZAQAI.js";
