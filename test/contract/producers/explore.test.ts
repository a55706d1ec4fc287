import { test, expect } from 'vitest';
import axios from 'axios'; import got from 'got'; import * as undici from 'undici'; import superagent from 'superagent';
import { Client } from '@microsoft/microsoft-graph-client';
import * as oc6 from 'openid-client'; import { Issuer } from 'openid-client-5';
import * as id from '@azure/identity'; import * as rp from '@azure/core-rest-pipeline'; import * as cc from '@azure/core-client';
import * as pa from 'passport-azure-ad';
import { startLoopback, closedOrigin, replies } from './loopback.js';
import { normalize } from '../../../src/normalize/index.js';
import { decide } from '../../../src/decide/index.js';
const rows:string[]=[];
const show=async(n:string,f:()=>any)=>{try{const v=await f();rows.push(`@ ${n} RESOLVED ${JSON.stringify(v)?.slice(0,100)}`);}catch(e:any){ const x=normalize(e,{nowMs:0}); const d=x&&decide(x);
 rows.push(`@ ${n} [${e?.name} "${String(e?.message).slice(0,60)}"] => ${x?.producer} ${x?.origin} cc=${x?.clientCode} oe=${x?.oauthError} sub=${x?.suberror} codes=${x?.aadstsCodes} st=${x?.status} ra=${x?.retryAfterSeconds} claims=${x?.claims?.slice(0,30)} tr=${x?.traceId?.slice(9,13)} co=${x?.correlationId?.slice(9,13)} rq=${x?.requestCorrelationId?.slice(9,13)} ts=${x?.timestamp} unc=${x?.unconfirmed} sc=${x?.scopes} | ${d?.action} ${d?.situation} ${d?.rule}`);
 return e;}};
test('x', async()=>{
 const l=await startLoopback(); const o=l.origin; const closed=await closedOrigin();
 for (const k of Object.keys(replies) as any[]) {
  await show('axios '+k,()=>axios.post(l.url(k),'x'));
  await show('got '+k,()=>got.post(l.url(k),{body:'x',retry:{limit:0}}));
  await show('got json '+k,()=>got.post(l.url(k),{json:{},responseType:'json',retry:{limit:0}}));
  await show('undici responseError '+k,()=>undici.request(l.url(k),{method:'POST',dispatcher:new undici.Agent().compose(undici.interceptors.responseError())}));
  await show('fetch Response '+k,async()=>{throw await fetch(l.url(k));});
  await show('undici Response '+k,async()=>{throw await undici.fetch(l.url(k));});
  await show('fetch cause '+k,async()=>{const r=await fetch(l.url(k)); throw new Error('token request failed: '+r.status,{cause:await r.json().catch(()=>undefined)});});
  await show('superagent '+k,()=>superagent.post(l.url(k)).send('x'));
  await show('graph '+k,()=>Client.initWithMiddleware({baseUrl:o+'/',customHosts:new Set(['127.0.0.1']),middleware:{execute:async(c:any)=>{c.response=await fetch(c.request,c.options);}}} as any).api('/'+k).get());
  const pipe=rp.createPipelineFromOptions({retryOptions:{maxRetries:0}}); const hc=rp.createDefaultHttpClient();
  await show('rest '+k,async()=>{const res=await pipe.sendRequest(hc,rp.createPipelineRequest({url:l.url(k),allowInsecureConnection:true})); throw new rp.RestError('The request failed',{statusCode:res.status,request:res.request,response:res});});
  const sc=new cc.ServiceClient({endpoint:o,allowInsecureConnection:true,retryOptions:{maxRetries:0}} as any);
  await show('core-client '+k,()=>sc.sendOperationRequest({},{httpMethod:'GET',path:'/'+k,responses:{200:{}},serializer:cc.createSerializer({},false)} as any));
  const iss=new Issuer({issuer:'https://login.microsoftonline.com/t/v2.0',token_endpoint:l.url(k),authorization_endpoint:o+'/a',userinfo_endpoint:l.url(k)}); const c5=new iss.Client({client_id:'c',client_secret:'s',redirect_uris:['https://a/cb'],response_types:['code']});
  await show('oc5 refresh '+k,()=>c5.refresh('r'));
  await show('oc5 userinfo '+k,()=>c5.userinfo('t'));
  const cfg=new oc6.Configuration({issuer:'https://login.microsoftonline.com/t/v2.0',token_endpoint:l.url(k),authorization_endpoint:o+'/a'},'c',{client_secret:'s'}); oc6.allowInsecureRequests(cfg);
  await show('oc6 refresh '+k,()=>oc6.refreshTokenGrant(cfg,'r'));
  await show('oc6 resource '+k,()=>oc6.fetchProtectedResource(cfg,'t',new URL(l.url(k)),'GET'));
 }
 await show('oc5 callback',async()=>{const iss=new Issuer({issuer:'https://login.microsoftonline.com/t/v2.0',token_endpoint:o}); const c5=new iss.Client({client_id:'c',client_secret:'s',redirect_uris:['https://a/cb'],response_types:['code']}); return c5.callback('https://a/cb',{error:'access_denied',error_description:'AADSTS65004: no',state:'s'},{state:'s'})});
 await show('oc5 state',async()=>{const iss=new Issuer({issuer:'https://login.microsoftonline.com/t/v2.0',token_endpoint:o}); const c5=new iss.Client({client_id:'c',client_secret:'s',redirect_uris:['https://a/cb'],response_types:['code']}); return c5.callback('https://a/cb',{code:'c',state:'x'},{state:'s'})});
 const cfg=new oc6.Configuration({issuer:'https://login.microsoftonline.com/t/v2.0',token_endpoint:o+'/mfa',authorization_endpoint:o+'/a'},'c',{client_secret:'s'}); oc6.allowInsecureRequests(cfg);
 await show('oc6 callback',()=>oc6.authorizationCodeGrant(cfg,new URL('https://a/cb?error=access_denied&error_description=AADSTS65004%3A+no&state=s'),{expectedState:'s'}));
 await show('oc6 state',()=>oc6.authorizationCodeGrant(cfg,new URL('https://a/cb?code=1&state=x'),{expectedState:'s'}));
 for (const [n,f] of Object.entries({axios:()=>axios.get(closed),got:()=>got(closed,{retry:{limit:0}}),fetch:()=>fetch(closed),undici:()=>undici.fetch(closed),superagent:()=>superagent.get(closed),oc6:()=>{const c=new oc6.Configuration({issuer:'https://x',token_endpoint:closed},'c',{client_secret:'s'}); oc6.allowInsecureRequests(c);return oc6.refreshTokenGrant(c,'r')},
  rest:()=>rp.createPipelineFromOptions({retryOptions:{maxRetries:0}}).sendRequest(rp.createDefaultHttpClient(),rp.createPipelineRequest({url:closed,allowInsecureConnection:true})),
  axiosTimeout:()=>axios.get('http://login.microsoftonline.com.invalid/x'), fetchDns:()=>fetch('https://login.microsoftonline.invalid/'), axiosDns:()=>axios.get('https://login.microsoftonline.invalid/t'), gotDns:()=>got('https://login.microsoftonline.invalid/t',{retry:{limit:0}}),
 } as any)) await show('refused '+n,f as any);
 // identity
 const hc=rp.createDefaultHttpClient();
 const via=(k:string)=>({httpClient:{sendRequest:async(r:any)=>{const u=new URL(r.url); r.url=o+'/'+k+u.pathname; r.allowInsecureConnection=true; return hc.sendRequest(r);}},retryOptions:{maxRetries:0},disableInstanceDiscovery:true});
 const t='7d2f0a5e-2222-4c00-8a00-0c0ffee00002', c='7d2f0a5e-3333-4c00-8a00-0c0ffee00003';
 for (const k of ['mfa','expired','secret','busy','outage','consent']) {
  await show('id secret '+k,()=>new id.ClientSecretCredential(t,c,'s',via(k)).getToken('https://graph.microsoft.com/.default'));
  await show('id obo '+k,()=>new id.OnBehalfOfCredential({tenantId:t,clientId:c,clientSecret:'s',userAssertionToken:'a.b.c',...via(k)} as any).getToken('https://graph.microsoft.com/.default'));
  await show('id authcode '+k,()=>new id.AuthorizationCodeCredential(t,c,'s','code','https://a',via(k)).getToken('https://graph.microsoft.com/.default'));
  await show('id chain '+k,()=>new id.ChainedTokenCredential(new id.EnvironmentCredential(via(k)),new id.ClientSecretCredential(t,c,'s',via(k))).getToken('https://graph.microsoft.com/.default'));
  await show('id device '+k,()=>new id.DeviceCodeCredential({tenantId:t,clientId:c,userPromptCallback(){},...via(k)}).getToken('https://graph.microsoft.com/.default'));
 }
 await show('id device noauto',()=>new id.DeviceCodeCredential({tenantId:t,clientId:c,disableAutomaticAuthentication:true,userPromptCallback(){}}).getToken('https://graph.microsoft.com/.default',{claims:'{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'}));
 await show('id env',()=>new id.EnvironmentCredential().getToken('https://graph.microsoft.com/.default'));
 await show('id chain unavailable',()=>new id.ChainedTokenCredential(new id.EnvironmentCredential(),new id.EnvironmentCredential()).getToken('https://graph.microsoft.com/.default'));
 // passport
 for (const k of ['mfa','expired','secret','busy','outage']) for (const noPII of [false,true]) {
  const s:any=new (pa as any).OIDCStrategy({identityMetadata:'https://login.microsoftonline.com/'+t+'/v2.0/.well-known/openid-configuration',clientID:c,responseType:'code',responseMode:'query',redirectUrl:'https://a/cb',clientSecret:'s',loggingLevel:'fatal',loggingNoPII:noPII,passReqToCallback:false},()=>{});
  s.setOptions=(p:any,oc:any,ov:any,next:any)=>{Object.assign(oc,{clientID:c,clientSecret:'s',redirectUrl:'https://a/cb',scope:['openid'],token_endpoint:l.url(k as any),authorization_endpoint:o});next();};
  s._sessionContentHandler={findAndDeleteTupleByState:()=>({nonce:'n'})};
  const info=await new Promise<any>(d=>{const i=Object.create(s);i.fail=(m:any)=>d(m);i.error=(e:any)=>d(e);i.success=()=>d('ok');i.redirect=()=>d('redir');i.authenticate({query:{code:'c',state:'s'},session:{}},{});});
  await show(`passport ${k} noPII=${noPII} ${String(info).slice(0,140)}`,()=>{throw new Error(info)});
  await show(`passport string ${k}`,()=>{throw info});
 }
 console.log(rows.join('\n'));
 await l.close();
},60000);
