/** Just enough of node:http's response to be answered on; what it costs is not ours. */
export class StubResponse {
  headersSent = false;
  writableEnded = false;
  destroyed = false;
  statusCode = 200;
  headers = { 'x-powered-by': 'Express' };
  body = '';
  bodyBytes = 0;

  getHeaderNames() {
    return Object.keys(this.headers);
  }

  getHeader(name) {
    return this.headers[name.toLowerCase()];
  }

  setHeader(name, value) {
    this.headers[name.toLowerCase()] = value;
  }

  appendHeader(name, value) {
    this.headers[name.toLowerCase()] = [this.headers[name.toLowerCase()] ?? [], value].flat();
  }

  removeHeader(name) {
    delete this.headers[name.toLowerCase()];
  }

  end(body) {
    this.body = body ?? '';
    // node:http counts the bytes of a body: a text that was only pieced together must be made here.
    this.bodyBytes = Buffer.byteLength(this.body);
    this.headersSent = true;
    this.writableEnded = true;
  }

  /** Bytes of the header block as node:http would write it, without what Node adds itself. */
  get headerBytes() {
    return Object.entries(this.headers)
      .flatMap(([name, value]) => [value].flat().map((one) => name.length + String(one).length + 4))
      .reduce((sum, length) => sum + length, 0);
  }
}

/** A request as Express hands it to an error handler. */
export const stubRequest = (headers, url = '/fail') => ({ method: 'GET', url, originalUrl: url, headers });
