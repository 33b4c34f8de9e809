import"./chunk-WBKDXGNP.js";
