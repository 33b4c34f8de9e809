import"./chunk-5VRPMZ47.js";
