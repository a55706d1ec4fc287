const { ConfidentialClientApplication } = require('@azure/msal-node');
const { aadErrorHandler, msalInteraction } = require('aad-error-handler');
const express = require('express');

// A rejection ends the process with exit code 1.
void import('./application.mjs').then(({ run }) =>
  run({ express, ConfidentialClientApplication, aadErrorHandler, msalInteraction }),
);
