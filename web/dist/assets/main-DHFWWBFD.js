import"./chunk-QKCHFYCH.js";
