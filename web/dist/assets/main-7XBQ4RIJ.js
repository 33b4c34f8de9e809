import"./chunk-L6BHOMZL.js";
