import { Body, Delete, Get, Param, Post, Put } from '@nestjs/common';
import type { ApiScope, Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  IfMatch,
  onceFor,
  Tagged,
  TenantController,
  type Precondition,
  type Principal,
} from '@tandem/platform';
import { callParameterSchema, type CallParameter } from '../calls/call.dto.ts';
import {
  addedNoteSchema,
  addNoteSchema,
  correctDispositionSchema,
  dispositionSchema,
  noteParameterSchema,
  notesSchema,
  setTagsSchema,
  tagsSchema,
  type AddNote,
  type CorrectDisposition,
  type NoteParameter,
  type SetTags,
} from './annotation.dto.ts';
import { AnnotationsService } from './annotations.service.ts';

const SCOPES = { read: 'calls:read', write: 'calls:annotate' } as const satisfies Record<string, ApiScope>;
const NOT_FOUND = '`call-not-found`';
const FULL = '`too-many-annotations`';

/** Corrections, notes and tags that people add to the record of a call that is over. */
@TenantController('calls', SCOPES)
export class AnnotationsController {
  constructor(private readonly annotations: AnnotationsService) {}

  @Get(':callId/disposition')
  @Tagged()
  @Endpoint({
    summary: 'The outcome of a call, with its corrections',
    success: { schema: dispositionSchema },
    problems: { 404: NOT_FOUND },
  })
  disposition(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ) {
    return this.annotations.disposition(tenantId, callId);
  }

  @Put(':callId/disposition')
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Correct the outcome of a call',
    description: 'The last correction counts. The original and the earlier corrections stay.',
    success: { schema: dispositionSchema },
    problems: { 404: NOT_FOUND, 409: FULL },
  })
  correct(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Body({ schema: correctDispositionSchema }) body: CorrectDisposition,
    @IfMatch() precondition: Precondition,
  ) {
    return this.annotations.correct(principal, callId, body, precondition);
  }

  @Get(':callId/notes')
  @Endpoint({
    summary: 'Notes of a call',
    success: { schema: notesSchema },
    problems: { 404: NOT_FOUND },
  })
  notes(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ) {
    return this.annotations.notes(tenantId, callId);
  }

  @Post(':callId/notes')
  @Idempotent()
  @Endpoint({
    summary: 'Add a note to a call',
    success: { status: 201, schema: addedNoteSchema },
    problems: { 404: NOT_FOUND, 409: FULL },
  })
  addNote(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Body({ schema: addNoteSchema }) body: AddNote,
  ) {
    return onceFor({ callId, ...body }, (transaction: Transaction) =>
      this.annotations.addNote(transaction, principal, callId, body),
    );
  }

  @Delete(':callId/notes/:noteId')
  @Endpoint({
    summary: 'Delete a note',
    success: { status: 204, description: 'Also when there was none.' },
  })
  async deleteNote(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: noteParameterSchema }) { callId, noteId }: NoteParameter,
  ): Promise<void> {
    await this.annotations.deleteNote(tenantId, callId, noteId);
  }

  @Get(':callId/tags')
  @Tagged()
  @Endpoint({ summary: 'Tags of a call', success: { schema: tagsSchema }, problems: { 404: NOT_FOUND } })
  tags(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
  ) {
    return this.annotations.tags(tenantId, callId);
  }

  @Put(':callId/tags')
  @Tagged({ change: true })
  @Endpoint({
    summary: 'Replace the tags of a call',
    success: { schema: tagsSchema },
    problems: { 404: NOT_FOUND },
  })
  setTags(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: callParameterSchema }) { callId }: CallParameter,
    @Body({ schema: setTagsSchema }) body: SetTags,
    @IfMatch() precondition: Precondition,
  ) {
    return this.annotations.setTags(tenantId, callId, body, precondition);
  }
}
