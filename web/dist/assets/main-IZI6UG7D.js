import"./chunk-2ZSQDOGO.js";
