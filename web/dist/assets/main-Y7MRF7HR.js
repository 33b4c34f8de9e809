import"./chunk-5GJZRFJR.js";
