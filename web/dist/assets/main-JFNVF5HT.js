import"./chunk-USXG6FV2.js";
