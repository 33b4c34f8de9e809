import"./chunk-CWUGCEU5.js";
