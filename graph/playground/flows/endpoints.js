// What is done with tokens, in the order of the page: as grants, and with lacking, which says why a client cannot use it.
import { introspection } from './endpoints/introspection.js';
import { logout } from './endpoints/logout.js';
import { revocation } from './endpoints/revocation.js';
import { userInfo } from './endpoints/userinfo.js';

export const endpoints = [userInfo, introspection, revocation, logout];
