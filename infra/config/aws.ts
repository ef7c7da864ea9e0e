import { z } from 'zod';

/** Name of an AWS region. */
export const awsRegion = () =>
  z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region such as "eu-central-1".');

/** ARN of an IAM role. */
export const roleArn = () =>
  z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, 'must be the ARN of an IAM role.');
