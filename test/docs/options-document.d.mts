export declare const documentPath: string;
/** Names of the interfaces whose members stand in the document. */
export declare const documentedInterfaces: readonly string[];
export declare function optionsDocument(): string;
