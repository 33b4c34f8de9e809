import"./chunk-WHYYFFKV.js";
