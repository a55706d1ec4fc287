import { ConfidentialClientApplication } from '@azure/msal-node';
import { aadErrorHandler, msalInteraction } from 'aad-error-handler';
import express from 'express';
import { run } from './application.mjs';

await run({ express, ConfidentialClientApplication, aadErrorHandler, msalInteraction });
